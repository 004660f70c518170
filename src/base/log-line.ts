/** What a line of the log carries beside its sentence. */

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a message; values as JSON has them. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
