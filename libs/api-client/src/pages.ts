import { UnexpectedAnswer } from './errors';

export interface AnyPage {
  items: readonly unknown[];
  nextCursor: string | null;
}

/** Reads the pages of a list from `cursor`, or from its beginning, to the last one. Throws UnexpectedAnswer where its cursors go in a circle. */
export async function* readPages<Page extends AnyPage>(
  list: string,
  read: (cursor: string | undefined) => Promise<Page>,
  cursor?: string,
): AsyncGenerator<Page, void, undefined> {
  const cursors = new CircleDetector();
  for (let next: string | null | undefined = cursor; next !== null;) {
    if (next !== undefined && cursors.closedBy(next))
      throw new UnexpectedAnswer(list, `its pages go in a circle by the cursor ${next}`, 200);
    const page = await read(next);
    if (!isPage(page)) throw new UnexpectedAnswer(list, 'is not a page of a list', 200, JSON.stringify(page));
    yield page;
    next = page.nextCursor;
  }
}

/** Finds that a sequence goes in a circle, whatever its length, by keeping one member of it (R. P. Brent, 1980). */
class CircleDetector {
  private kept: string | undefined;
  private steps = 0;
  private keepAt = 1;

  closedBy(member: string): boolean {
    if (member === this.kept) return true;
    this.steps += 1;
    if (this.steps < this.keepAt) return false;
    this.kept = member;
    this.keepAt *= 2;
    return false;
  }
}

function isPage(answer: unknown): answer is AnyPage {
  const { items, nextCursor } = (answer ?? {}) as Partial<AnyPage>;
  return Array.isArray(items) && (nextCursor === null || typeof nextCursor === 'string');
}
