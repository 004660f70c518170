/** The clock that the kernel's timestamps are of, as fine as they are. */

/** Wall clock in microseconds. `Date` has whole milliseconds alone: their edge is waited for, at most a millisecond. */
export function wallMicros(): number {
  return Math.round(edge() + performance.now() * 1000);
}

/** What to add to `performance.now()`. Asked anew each time: the wall clock is slewed. */
function edge(): number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return now * 1000 - performance.now() * 1000;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
