// Where node-addon-api's headers are: that of npm's, or what a package that was packed brings (scripts/vendor.mjs).
const { join } = require("node:path");

try {
  console.log(require("node-addon-api").include_dir);
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.log(join(__dirname, "../vendor/node-addon-api"));
}
