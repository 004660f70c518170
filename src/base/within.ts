/** True when `promise` resolves within `millis`, else false, without waiting longer. */
export function within(promise: Promise<unknown>, millis: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), millis);
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}
