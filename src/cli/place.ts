/** Where a configuration is, as the command line has it. */
import { resolve } from "node:path";

export interface Place {
  /** `env`, `env:` and the path of a file of variables, or the path of a keepalived.conf. */
  readonly config: string;
  /** What `@ID` in a file is compared with; null: the host's name. */
  readonly id: string | null;
  /** Virtual servers in a file are passed over. */
  readonly vrrpAlone: boolean;
  /** An include that brings nothing is an error; left out: only where its keyword says so. */
  readonly includesRequired?: boolean;
}

/** The file that it is in; null: none. */
export function fileOf({ config }: Pick<Place, "config">): string | null {
  return config === "env" ? null : config.replace(VARIABLES_IN, "");
}

/** Whether it is variables, be they in a file. */
export function isVariables({ config }: Pick<Place, "config">): boolean {
  return config === "env" || VARIABLES_IN.test(config);
}

/** As the command line has it, from whatever folder; `env` stays as it is. */
export function absolute(place: Pick<Place, "config">): string {
  const file = fileOf(place);
  return file === null ? place.config : `${isVariables(place) ? "env:" : ""}${resolve(file)}`;
}

const VARIABLES_IN = /^env:/;
