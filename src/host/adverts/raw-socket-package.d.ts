/** The part of raw-socket 1.8.1 that is used; the package has no types. Its shape is under test. */
declare module "raw-socket" {
  export interface SocketWrap {
    /** Throws an Error whose message is strerror's text. */
    setOption(level: number, option: number, value: Uint8Array, length: number): SocketWrap;
    send(
      buffer: Uint8Array,
      offset: number,
      length: number,
      address: string,
      sent: (bytes: number) => void,
    ): SocketWrap;
    /** What it does not wake the loop for. */
    pause(receiving: boolean, sending: boolean): SocketWrap;
    close(): SocketWrap;
    on(event: "recvReady" | "sendReady" | "close", listener: () => void): SocketWrap;
    on(event: "error", listener: (error: Error) => void): SocketWrap;
    removeAllListeners(): SocketWrap;
  }

  export interface Socket {
    readonly wrap: SocketWrap;
  }

  export interface RawSocketModule {
    createSocket(options: { protocol: number; addressFamily: number; bufferSize: number }): Socket;
    readonly AddressFamily: { readonly IPv4: number; readonly IPv6: number };
  }

  const raw: RawSocketModule;
  export default raw;
}
