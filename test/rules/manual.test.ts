/** Manual page and completion are what the commands say, and what man and bash accept. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { madeDocuments } from "../manual/documents.js";
import { ROOT } from "./tree.js";

const PAGE = join(ROOT, "docs/vrrpd.8");

t.test("they say what the commands say", async (t) => {
  for (const { path, text } of await madeDocuments())
    t.equal(readFileSync(join(ROOT, path), "utf8"), text, `${path} is made anew by npm run manual`);
});

t.test("troff warns of nothing, and shows options as they are typed", async (t) => {
  const { error, stdout, stderr } = spawnSync(
    "groff",
    ["-man", "-Tascii", "-P-cbou", "-ww", "-rLL=100n", PAGE],
    {
      encoding: "utf8",
    },
  );
  // Where it is not installed, the text stands in for it.
  const shown = error === undefined ? stdout : readFileSync(PAGE, "utf8").replaceAll("\\-", "-");
  t.equal(stderr ?? "", "");
  t.match(shown, /--exit-code\s+exit +1 +where +something/);
});

/** @param line what stands on the command line, the cursor behind it */
function completed(line: string): string[] {
  const words = line.split(/ |(?<=[=:])|(?=[=:])/);
  const script = `. docs/vrrpd.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vrrpd; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...words], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (stderr !== "") throw new Error(stderr);
  return stdout.split("\n").filter((word) => word !== "");
}

t.test("bash completes commands, options and files", async (t) => {
  for (const [line, expected] of [
    ["vrrpd che", ["check", "check-nagios"]],
    ["vrrpd status --", ["--watch", "--exit-code", "--all", "--json", "--socket", "--help"]],
    ["vrrpd --socket nw1 status --e", ["--exit-code"]],
    ["vrrpd --socket=nw1 health --r", ["--ready"]],
    ["vrrpd --config env:x doctor --j", ["--json"]],
    ["vrrpd --conf", ["--config", "--config-id"]],
    ["vrrpd help y", ["yield"]],
    ["vrrpd check --config READ", ["README.md"]],
    ["vrrpd check --config=READ", ["README.md"]],
    ["vrrpd check --config env:READ", ["README.md"]],
    ["vrrpd yield --for ", []],
  ] as const)
    t.strictSame(completed(line), expected, line);
});
