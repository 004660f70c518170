/** The configuration could not be read again: nothing is known of the file, which may be right. */
import { VrrpdError } from "../base/errors.js";

const TRY_AGAIN =
  "Reload again; if it fails again, look at this host: its memory and processes, the file system of the file, its name service.";

/** Code `ECONFIG`. */
export class ReadingError extends VrrpdError {
  /** @param action what to do, a sentence */
  constructor(
    message: string,
    readonly action = TRY_AGAIN,
  ) {
    super("ECONFIG", message);
  }
}

/** What to do about what a reload failed for; null: the file is refused, and is to be mended. */
export function actionFor(error: unknown, isRead: boolean): string | null {
  if (error instanceof ReadingError) return error.action;
  return error instanceof VrrpdError && !isRead ? null : TRY_AGAIN;
}
