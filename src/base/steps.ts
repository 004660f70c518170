/** Work in steps, so that whoever does it may do something else in between. */

/** All of them, one after the other. @returns what they come to */
export function atOnce<T>(steps: Iterator<unknown, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
