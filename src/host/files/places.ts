/** The names that the kernel looks up on the way of a path, each in its folder: whatever becomes of one changes what is found. */
import { join } from "node:path";
import { linkAt } from "./off-loop.js";

export interface Place {
  /** Without a link in it. */
  readonly folder: string;
  readonly name: string;
}

/** MAXSYMLINKS of the kernel. */
const MOST_LINKS = 40;
const MOST_PLACES = 256;

/** As far as the way goes; links are followed, so that one which is exchanged is noticed. @param path absolute */
export async function placesOf(path: string, readLink: typeof linkAt = linkAt): Promise<Place[]> {
  const places: Place[] = [];
  let [folder, links] = ["/", 0];
  const rest = namesOf(path);
  for (let name = rest.shift(); name !== undefined && places.length < MOST_PLACES; name = rest.shift()) {
    if (name === "..") {
      folder = join(folder, "..");
      continue;
    }
    const here = join(folder, name);
    places.push({ folder, name });
    const found = await readLink(here);
    if ("code" in found) break;
    if (found.target === null) {
      folder = here;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) break;
    if (found.target.startsWith("/")) folder = "/";
    rest.unshift(...namesOf(found.target));
  }
  return places;
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
