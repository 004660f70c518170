/** Values of `vrrpd status --json`. A comment becomes a description, and its tags say what a type cannot. */

/**
 * ISO 8601, UTC.
 * @pattern ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$
 */
export type Time = string;

/** @minimum 0 */
export type Seconds = number;

/**
 * @asType integer
 * @minimum 1
 * @maximum 255
 */
export type VirtualRouterId = number;

/**
 * As adverts carry it. 0: it has released.
 * @asType integer
 * @minimum 0
 * @maximum 255
 */
export type AdvertPriority = number;

/**
 * One that takes part in elections.
 * @asType integer
 * @minimum 1
 * @maximum 255
 */
export type Priority = number;
