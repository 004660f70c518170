/** The runbook as a page: the tables of docs/operating.md, each row with what the live page's links name. */

/** Whose rows are shown, and what the first cell of a row stands for there. */
const SECTIONS = ["Runbook", "Problems", "Causes"];

/** Codes, or what they begin with, and words of the row of the runbook that says what to do. */
export const ROWS: readonly (readonly [string, string])[] = [
  ["refused", "it speaks another version"],
  ["attempt", "would have taken the addresses over"],
  ["two-masters", "Two nodes hold it"],
  ["unheard", "no other node can hear this master"],
  ["stranger", "uses our virtual router id for other addresses"],
  ["address-under-other-id", "under virtual router id"],
  ["id-conflict", "under virtual router id"],
  ["address-list", "the address list of"],
  ["addresses-unserved", "nobody serves"],
  ["equal-priority", "has the same priority"],
  ["interval", "the address list of"],
  ["check-failing", "FAULT though the service runs"],
  ["check-failed", "FAULT though the service runs"],
  ["check-advisory", "FAULT though the service runs"],
  ["check-disabled", "check script is disabled"],
  ["script-writable", "can be changed by others"],
  ["script-refused", "can be changed by others"],
  ["script-unusable", "A cloud route or address did not follow"],
  ["lock-squatted", "holds the lock"],
  ["address-missing", "keeps vanishing"],
  ["address-uninvited", "UNINVITED"],
  ["address-own", "UNINVITED"],
  ["address-conflict", "also answered by"],
  ["stalled", "A failover for no reason"],
  ["packets-lost", "came faster than they could be read"],
  ["refusals-sampled", "are counted by a sample"],
  ["log-lines-lost", "Is the log too loud"],
  ["fifo-lines-lost", "lines for FIFOs were lost"],
  ["reload-refused", "The configuration was refused"],
  ["reload-failed", "The file was refused"],
  ["partial", "The configuration was refused"],
  ["unicast-without-peers", "are adverts multicast"],
  ["yield-alone", "and this node serves on"],
  ["yield-unserved", "nobody is heard to serve it"],
  ["adverts-refused", "the kernel refuses every advert"],
  ["addresses-refused", "takes none of its addresses"],
];

const STYLE = `:root { color-scheme: light dark; --back: #fff; --text: #1c2430; --line: #76839a; --mark: #fff1c2; --link: #1d58a8; }
@media (prefers-color-scheme: dark) {
  :root { --back: #12161c; --text: #e6ebf2; --line: #7d8aa0; --mark: #4a3b08; --link: #8ebcf5; } }
body { margin: 0 auto; max-width: 72rem; padding: clamp(.6rem, 3vw, 1.2rem); background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; } th { text-align: left; }
td, th { border-top: 1px solid var(--line); padding: .3rem .5rem; vertical-align: top; }
tr:has(:target) { background: var(--mark); outline: 3px solid var(--line); }
@media (max-width: 40rem) { thead { display: none; } tr, td { display: block; } td { border: 0; } tr { border-top: 2px solid var(--line); } }`;

/** @param markdown of docs/operating.md */
export function runbookPage(markdown: string): string {
  const open = new Set(ROWS);
  const sections = SECTIONS.flatMap((title) => {
    const rows = tableOf(markdown, title);
    return rows.length === 0 ? [] : [`<h2>${title}</h2>`, tableHtml(rows, title, open)];
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runbook of vrrpd</title><link rel="icon" href="data:,">
<style>${STYLE}</style></head>
<body><main><h1>Runbook of vrrpd</h1><p><a href="./">Live page</a></p>
${sections.join("\n")}
</main></body></html>
`;
}

/** The cells of the first table below a heading, its head first. */
function tableOf(markdown: string, title: string): string[][] {
  const [, section = ""] = markdown.split(`\n## ${title}\n`);
  const [own = ""] = section.split("\n## ");
  return own
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[-|]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

function tableHtml(
  [head = [], ...rows]: string[][],
  title: string,
  open: Set<readonly [string, string]>,
): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts.map((text) => `<${tag}>${inline(text)}</${tag}>`).join("");
  const body = rows.map((row) => {
    const anchors = (title === "Runbook" ? anchorsOf(row, open) : codeOf(row, open))
      .map((id) => `<span id="${id}"></span>`)
      .join("");
    return `<tr>${cells("td", row).replace("<td>", `<td>${anchors}`)}</tr>`;
  });
  return `<table><thead><tr>${cells("th", head)}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

/** Each stands at the first row that has its words. */
function anchorsOf(row: readonly string[], open: Set<readonly [string, string]>): string[] {
  const text = row.join(" ");
  const here = [...open].filter(([, words]) => text.includes(words));
  for (const one of here) open.delete(one);
  return here.map(([id]) => id);
}

/** A code that has no row of its own in the runbook. */
function codeOf([first = ""]: readonly string[], open: Set<readonly [string, string]>): string[] {
  const [, code] = /^`([a-z0-9-]+)`$/.exec(first) ?? [];
  const hasRow = ROWS.some((row) => row[0] === code && !open.has(row));
  return code === undefined || hasRow ? [] : [code];
}

/** Code and links of Markdown; a link leads nowhere here. */
function inline(text: string): string {
  const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return safe.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replace(/`([^`]+)`/g, "<code>$1</code>");
}
