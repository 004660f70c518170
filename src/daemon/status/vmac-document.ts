/** An interface with a virtual MAC address, as the status shows it. */
export interface VmacDocument {
  readonly name: string;
  /** The one that it is on. */
  readonly interface: string;
  readonly mac: string;
  /** Adverts leave from it; they are heard on it, and leave from the one below; it is for addresses alone. */
  readonly adverts: "sent" | "heard" | "none";
}
