/** One launcher for each user that scripts run as. */
import { VrrpdError } from "../../base/errors.js";
import type { ScriptSettings } from "../../config/index.js";
import type { UserName } from "../../core/notify.js";
import { nameOf, type SettingOrigins } from "../../core/origin.js";
import { cleanEnvironment, ownEnvironment } from "./environment.js";
import { findIdentity } from "./identity.js";
import { Launcher } from "./launcher.js";

const ROOT = 0;

export class Launchers {
  #settings: ScriptSettings;
  #origins: Pick<SettingOrigins, "scriptUser">;
  readonly #byUser = new Map<string, Launcher>();

  constructor(settings: ScriptSettings, origins: Pick<SettingOrigins, "scriptUser">) {
    this.#settings = settings;
    this.#origins = origins;
  }

  /** From now on. What runs is let run. */
  configure(settings: ScriptSettings, origins: Pick<SettingOrigins, "scriptUser">): void {
    this.#settings = settings;
    this.#origins = origins;
    this.#byUser.clear();
  }

  /**
   * @param own the command's own user; null: that of all scripts. Throws VrrpdError `ECONFIG` for one whom this host does
   * not know.
   */
  as(own: UserName | null): Launcher {
    const user = own ?? this.#settings.user;
    const key = JSON.stringify([own === null, user]);
    const launcher = this.#byUser.get(key) ?? this.#make(user, own === null);
    this.#byUser.set(key, launcher);
    return launcher;
  }

  /** @param general it is that of all scripts, which is a setting with a name */
  #make(user: UserName | null, general: boolean): Launcher {
    const { security, environment, confined } = this.#settings;
    const setting = general ? nameOf(this.#origins.scriptUser) : null;
    const identity = user === null ? null : findIdentity(user);
    if (typeof identity === "string") throw new VrrpdError("ECONFIG", `${setting ?? "a script"} ${identity}`);
    const variables = environment === "clean" ? cleanEnvironment(identity) : ownEnvironment();
    return new Launcher({
      environment: variables,
      identity,
      confined,
      userSetting: setting,
      security: security === "all" || (security === "root" && (identity?.uid ?? process.getuid!()) === ROOT),
    });
  }
}
