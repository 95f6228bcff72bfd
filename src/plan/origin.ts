/** Where a target listens, and how it is spoken to there: HTTP/1.1 in plain text unless something else is said. */
export interface Origin {
  host: string;
  port: number;
  /** A Unix socket in place of host and port. */
  socketPath?: string;
  tls?: TlsOrigin;
  http2?: boolean;
  /** The directory of /proc that shows its sockets, where that is not our own `/proc/net`. */
  procNet?: string;
  /** On another machine, whose side of a connection cannot be seen. */
  remote?: true;
}

export interface TlsOrigin {
  /** Authorities to trust, PEM; null: nobody is asked, which is for this machine only. */
  ca: string | null;
  servername: string | null;
  /** On another machine the certificate is checked in any case, by the authorities that Node knows. */
  verify?: true;
}

/** The origin as a person would write it. */
export function originUrl({ host, port, socketPath, tls }: Origin): string {
  const scheme = tls === undefined ? 'http' : 'https';
  if (socketPath !== undefined) return `${scheme}+unix:${socketPath}`;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The origin as HTTP names it in requests. What listens on a Unix socket is called localhost, as curl does. */
export function requestOrigin(origin: Origin): string {
  return origin.socketPath === undefined
    ? originUrl(origin)
    : `${origin.tls === undefined ? 'http' : 'https'}://localhost`;
}

/** How the certificate is to be checked, as Node and undici take it: without an authority nobody is asked. */
export function certificateOptions({ ca, servername, verify }: TlsOrigin): {
  rejectUnauthorized: boolean;
  ca?: string;
  servername?: string;
} {
  return {
    rejectUnauthorized: ca !== null || verify === true,
    ...(ca === null ? {} : { ca }),
    ...(servername === null ? {} : { servername }),
  };
}

/** Loopback, by address (with or without the brackets of IPv6) or by the name that stands for it. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
