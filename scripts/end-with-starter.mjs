/** Loaded before a program of the tests' (run-typescript.mjs): it ends when whoever started it was killed. */
process.once("disconnect", () => process.exit(1));
// The channel alone does not keep the program from its end.
process.channel?.unref();
