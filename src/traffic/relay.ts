import { Duplex } from 'node:stream';

/**
 * A stream that libraries speak over in place of a socket. What is below it is always flowing, whether the library reads
 * or not: a paused socket that meets a RST loses what it had already received.
 */
export abstract class Relay extends Duplex {
  constructor() {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    // A library may have let go of the stream by the time the socket errs.
    this.on('error', () => undefined);
  }

  /** undici keeps processes alive by these; this stream's life is managed elsewhere. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // It flows, see above.
  }

  /**
   * Nothing more comes. The library is given all that was read first, even after a RST: an error would throw it away,
   * and Node's HTTP/2 does not read while it writes.
   */
  protected finish(): void {
    this.push(null);
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }
}
