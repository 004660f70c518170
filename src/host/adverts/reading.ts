/** How much is read at once, for both families. */

/** One wake-up hands over at most so many packets and leaves the rest to the next turn of the loop. */
export const PACKETS_PER_WAKE_UP = 256;
/** "All": more than a full receive buffer holds; a flood that never ends must not hold the loop. */
export const MOST_AT_ONCE = 8192;
/** Room for some 2000 adverts, of a second in which the loop stood still. */
export const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;
