/** Where a target listens. */
export interface Origin {
  host: string;
  port: number;
}

/** The origin as the beginning of a URL; IPv6 addresses stand in brackets there. */
export function originUrl({ host, port }: Origin): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
