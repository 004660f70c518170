/** What the doctor finds. */

export interface Finding {
  readonly level: "ok" | "warning" | "error";
  /** What was looked at: "interface", "firewall"… */
  readonly subject: string;
  /** What was found, a sentence. */
  readonly text: string;
  /** What to do; null: nothing. */
  readonly action: string | null;
}

export function ok(subject: string, text: string): Finding {
  return { level: "ok", subject, text, action: null };
}

export function warning(subject: string, text: string, action: string): Finding {
  return { level: "warning", subject, text, action };
}

export function error(subject: string, text: string, action: string): Finding {
  return { level: "error", subject, text, action };
}
