module.exports = require("./build/Release/vrrpd.node");
