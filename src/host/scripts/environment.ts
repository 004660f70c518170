/** What scripts find in their environment. */

/** The daemon's own, as Keepalived hands it to scripts. */
export function ownEnvironment(): string[] {
  return Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
}
