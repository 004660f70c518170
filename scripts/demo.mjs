/** `npm run demo`: one address, two hosts and a client. Makes the clone ready, and runs test/demo/main.ts. */
import { runTypeScript } from "./run-typescript.mjs";
import { SetupError, setUp } from "./setup.mjs";

try {
  setUp();
  await runTypeScript("test/demo/main.ts", ["src", "test/netns", "test/lab", "test/demo"]);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.output}${error.message}\n`);
  process.exitCode = 1;
}
