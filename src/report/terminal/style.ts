/** How text is made to stand out. Decided once at the door and handed down; nothing here knows the terminal. */
export interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
  /** Whether the terminal can show more than ASCII. */
  unicode: boolean;
  /** Columns. */
  width: number;
}

const same = (text: string): string => text;

/** No colour at all. */
export const PLAIN: Omit<Style, 'unicode' | 'width'> = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
};
