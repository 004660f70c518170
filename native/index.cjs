/**
 * The addon: what was compiled here, else what the package brings for this kind of machine. `npm rebuild`, with install
 * scripts allowed, compiles it where neither is.
 */
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const compiled = join(__dirname, "build/Release/vrrpd.node");
const brought = join(__dirname, `prebuilds/${process.platform}-${process.arch}/vrrpd.node`);

module.exports = load(existsSync(compiled) ? compiled : brought);

function load(path) {
  try {
    return require(path);
  } catch (error) {
    const here = `Node ${process.version} on ${process.platform}-${process.arch}`;
    error.message = `the addon does not load on ${here}: npm rebuild vrrpd, with install scripts allowed, compiles it (${error.message.split("\n")[0]})`;
    throw error;
  }
}
