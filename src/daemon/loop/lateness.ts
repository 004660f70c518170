/** How late the daemon is: what its own deadlines tell of a busy or frozen machine. */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";

/** A deadline missed by more than this is a stall, worth a line. */
const STALL_MICROS = MICROS_PER_SECOND;

export class Lateness {
  maxMicros: Micros = 0;
  lastMicros: Micros = 0;
  stalls = 0;

  /** @param onStall called with how late it was; `onMeasured` with every measurement, stalls included. */
  constructor(
    private readonly onStall: (lateMicros: Micros) => void,
    private readonly onMeasured: (lateMicros: Micros) => void = () => {},
  ) {}

  /** @param lateMicros negative where the timer fired for a deadline that has moved away. */
  measure(lateMicros: Micros): void {
    if (lateMicros < 0) return;
    this.lastMicros = lateMicros;
    this.onMeasured(lateMicros);
    if (lateMicros > this.maxMicros) this.maxMicros = lateMicros;
    if (lateMicros < STALL_MICROS) return;
    this.stalls += 1;
    this.onStall(lateMicros);
  }
}
