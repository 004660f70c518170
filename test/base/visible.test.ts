import t from "tap";
import { visible, visibleLines } from "../../src/base/visible.js";

/** One of each kind, and its neighbours. */
const UNSEEN = [
  "\0",
  "\u0007",
  "\u001b",
  "\u007f",
  "\u0080",
  "\u009b", // control
  "\u00ad",
  "\u061c",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u202a",
  "\u202e",
  "\u2060",
  "\u2066",
  "\u2069",
  "\ufeff", // format
  "\u{e0001}",
  "\u{e007f}",
  "\u{1d173}", // format, beyond 16 bits
  "\u2028",
  "\u2029", // lines and paragraphs
  "\ud800",
  "\udfff", // halves of a pair
  "\u034f",
  "\u115f",
  "\u3164",
  "\uffa0",
  "\u{e0100}", // shown as nothing
];
const SEEN = [
  "",
  "plain words: 7 %",
  "Grüße",
  "日本語",
  "مرحبا",
  "שלום",
  "👍🏽",
  "⚠\ufe0f",
  "\u00a0",
  "\ufffd",
  "\\u202e",
];

t.test("what is not seen is written as JSON writes it", async (t) => {
  for (const character of UNSEEN) {
    const shown = visible(`a${character}b`);
    t.match(shown, /^a(\\u[0-9a-f]{4}){1,2}b$/);
    t.equal(JSON.parse(`"${shown}"`), `a${character}b`);
    t.equal(visibleLines(`a${character}b`), shown);
  }
});

t.test("words of any language are left alone", async (t) => {
  for (const text of SEEN) {
    t.equal(visible(text), text);
    t.equal(visibleLines(text), text);
  }
});

t.test("line feeds and tabs are meant where a text has lines", async (t) => {
  t.equal(visible("a\n\tb\r"), "a\\u000a\\u0009b\\u000d");
  t.equal(visibleLines("a\n\tb\r"), "a\n\tb\\u000d");
});
