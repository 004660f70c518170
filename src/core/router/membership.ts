/** What a virtual router knows of the sync group that it is in (src/core/groups): it tells, and the group decides. */
import type { VirtualRouterConfig } from "../config.js";
import type { RouterId } from "../identity.js";

export interface Membership {
  readonly name: string;
  /** Of all its members. */
  readonly configs: readonly VirtualRouterConfig[];
  /**
   * Something changed that the group may have to follow: a state, what is in the way, a down timer that has run out.
   * The group looks at the end of the input, at all its members together.
   */
  stir(member: RouterId): void;
  /** As BACKUP it has heard a master that it has to follow. */
  onFollowing(member: RouterId): void;
}
