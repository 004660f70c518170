/** Whether the kernel makes a secondary IPv4 address of an interface primary when its primary goes. */
import { LinkRequests } from "./link-requests.js";
import { encodeInetSettings } from "./macvlan.js";

/** null: done; else the errno's name. */
export function setPromotion(interfaceIndex: number, on: boolean): string | null {
  try {
    const requests = new LinkRequests();
    try {
      return requests.request(encodeInetSettings(interfaceIndex, { promote_secondaries: on ? 1 : 0 }));
    } finally {
      requests.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}
