/** What the kernel tells of folders that are followed (inotify(7)). */
import { LITTLE_ENDIAN } from "../../base/bytes.js";

export const Mask = {
  closeWrite: 0x8,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  overflow: 0x4000,
  ignored: 0x8000,
  onlyFolders: 0x100_0000,
  /** Beside what is told of the same folder already. */
  added: 0x2000_0000,
} as const;

export interface FolderEvent {
  /** -1: of no folder, as an overflow is. */
  readonly watch: number;
  readonly mask: number;
  /** Empty: of the folder itself. */
  readonly name: string;
}

const HEADER_BYTES = 16;

export function folderEvents(bytes: Buffer): FolderEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: FolderEvent[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const length = view.getUint32(at + 12, LITTLE_ENDIAN);
    const from = at + HEADER_BYTES;
    const end = bytes.indexOf(0, from);
    const name = length === 0 ? "" : bytes.toString("utf8", from, end < 0 ? from + length : end);
    events.push({
      watch: view.getInt32(at, LITTLE_ENDIAN),
      mask: view.getUint32(at + 4, LITTLE_ENDIAN),
      name,
    });
    at = from + length;
  }
  return events;
}
