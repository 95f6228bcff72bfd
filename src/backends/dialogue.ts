/** What is known of one connection to a database, from what went over it. */
export interface DialogueState {
  /** Someone logged in, or said a first word of the protocol. */
  session: boolean;
  /** The target said goodbye as the protocol has it. */
  goodbye: boolean;
  /** `tls`: what is said cannot be seen. `unknown`: it is not the protocol, or not as far as we know it. */
  observable: 'yes' | 'tls' | 'unknown';
  /** Something was asked that the server had not answered to the end. */
  unfinished: boolean;
  /** A transaction had been begun and not ended. */
  transaction: boolean;
  /** How many questions were asked, without those that belong to the login. */
  queries: number;
}

/** Follows both directions of one connection, and changes neither. */
export interface Dialogue {
  fromTarget: (chunk: Buffer) => void;
  fromServer: (chunk: Buffer) => void;
  readonly state: DialogueState;
}

/** The first byte of a TLS record that carries a handshake (RFC 8446, section 5.1). */
export const TLS_HANDSHAKE = 0x16;
