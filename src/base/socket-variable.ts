/** The one variable that commands read which have no configuration otherwise: where the daemon to ask listens. */
export const SOCKET_VARIABLE = "VRRPD_SOCKET";
