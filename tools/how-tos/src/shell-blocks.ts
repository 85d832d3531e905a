export interface ShellBlock {
  /** Of the page, from 1: its first command. */
  line: number;
  text: string;
}

const FENCED = /^( *)```sh\n([\s\S]*?)^ *```$/gm;

/** The shell commands of a page, in its order, without the indentation of a list that they stand in. */
export function shellBlocks(markdown: string): ShellBlock[] {
  return [...markdown.matchAll(FENCED)].map((found) => {
    const [, indentation = '', text = ''] = found;
    const lines = text.split('\n').map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line));
    return { line: markdown.slice(0, found.index).split('\n').length + 1, text: lines.join('\n') };
  });
}
