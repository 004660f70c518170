/** `use_vmac [NAME] [MAC]` of an instance, in either order, as Keepalived reads it. */
import { MAC_LENGTH, macFromBytes } from "../../../base/mac.js";
import type { FileOrigin } from "../../../core/origin.js";
import { isVirtualMac, MAX_INTERFACE_NAME_BYTES } from "../../vmac-names.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";

export interface VmacDraft {
  readonly origin: FileOrigin;
  /** null: it is made of the virtual router id. */
  name: string | null;
  /** Five bytes, which the virtual router id completes, or six; null: that of RFC 9568. */
  mac: Uint8Array | null;
}

export function readUseVmac(before: VmacDraft | null, statement: Statement, report: Report): VmacDraft {
  const draft = before ?? { origin: statement.origin, name: null, mac: null };
  for (const word of statement.words.slice(0, 2)) {
    if (word.includes(":")) readMac(draft, word, statement, report);
    else readName(draft, word, statement, report);
  }
  return draft;
}

function readName(draft: VmacDraft, word: string, { origin }: Statement, report: Report): void {
  const why =
    draft.name !== null
      ? `${draft.name} stands before it`
      : isInterfaceName(word)
        ? null
        : `an interface has a name of 1 to ${MAX_INTERFACE_NAME_BYTES} bytes without / and white space`;
  if (why === null) draft.name = word;
  else report.warn(origin, `use_vmac ${word}: the name is ignored, as in Keepalived: ${why}`);
}

export function isInterfaceName(word: string): boolean {
  const bytes = Buffer.byteLength(word);
  return (
    bytes > 0 && bytes <= MAX_INTERFACE_NAME_BYTES && !/[/:\s]/.test(word) && word !== "." && word !== ".."
  );
}

function readMac(draft: VmacDraft, word: string, { origin }: Statement, report: Report): void {
  const bytes = bytesOf(word);
  const why =
    draft.mac !== null
      ? "another one stands before it"
      : bytes === null
        ? "it is none: five or six bytes are"
        : (bytes[0]! & 1) === 1
          ? "it is one of a group"
          : isReserved(bytes)
            ? "those of RFC 9568 follow from the virtual router id"
            : null;
  if (why === null) draft.mac = bytes;
  else report.warn(origin, `use_vmac ${word}: the MAC address is ignored, as in Keepalived: ${why}`);
}

/** A colon behind the fifth byte changes nothing. */
function bytesOf(word: string): Uint8Array | null {
  const parts = word.replace(/:$/, "").split(":");
  const isWhole = parts.length === MAC_LENGTH && !word.endsWith(":");
  const fits = isWhole || parts.length === MAC_LENGTH - 1;
  if (!fits || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))) return null;
  return Uint8Array.from(parts, (part) => Number.parseInt(part, 16));
}

function isReserved(bytes: Uint8Array): boolean {
  const whole = new Uint8Array(MAC_LENGTH);
  whole.set(bytes);
  return isVirtualMac(macFromBytes(whole));
}
