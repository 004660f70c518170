/** The words of the core for people, with settings spelt as the source of this daemon's configuration spells them. */
import { nameOf, type SettingOrigins, settingOf } from "../../core/origin.js";

/** `{setting priority}`, `{setting guardRemove=on}`, `{interface}` */
const BRACED = /\{(?:setting (\w+)(?:=(\w+))?|(\w+))\}/g;

/** Fills in what stands in braces: a setting, with or without a value, or one of `names`. */
export function spelt(
  text: string,
  origins: SettingOrigins,
  names: Readonly<Record<string, string>> = {},
): string {
  return text.replace(BRACED, (braced, setting?: string, value?: string, name = "") => {
    if (setting === undefined) return names[name] ?? braced;
    const origin = (origins as Readonly<Partial<Record<string, SettingOrigins[keyof SettingOrigins]>>>)[
      setting
    ];
    if (origin === undefined) return braced;
    return value === undefined ? nameOf(origin) : settingOf(origin, value);
  });
}
