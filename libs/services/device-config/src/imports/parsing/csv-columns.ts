import { CsmsError, asText } from '@voltbus/contracts';
import type { z } from 'zod';
import { CellTypes, cellValue, type CellType } from './cell-types';

/** Characters of a foreign column name that a problem shows. */
const MAX_SHOWN = 100;
/** Unknown columns that a problem names. */
const MAX_NAMED = 20;

interface Column {
  name: string;
  steps: readonly string[];
  types: ReadonlySet<CellType>;
}

type Members = Record<string, unknown>;

/** The header of a CSV: each column is a member of the resource, one inside another by a dot. */
export class CsvColumns {
  private readonly columns: readonly Column[];

  /** Throws `invalid` with every column that is unknown, given twice, or inside another one, and where the one that names the resource is missing. */
  constructor(header: readonly string[], keyMember: string, schema: z.ZodObject) {
    const names = header.map((cell) => cell.trim());
    const types = new CellTypes(schema);
    const faults = names.flatMap((name, index) => faultOf(name, names.slice(0, index), types));
    if (!names.includes(keyMember)) faults.push({ path: `/${keyMember}`, message: 'the header has no such column, which names each item' });
    if (faults.length > 0) throw refused(faults);
    this.columns = names.map((name) => ({ name, steps: name.split('.'), types: types.of(name.split('.')) ?? new Set() }));
  }

  get count(): number {
    return this.columns.length;
  }

  /** An empty cell leaves its member out. */
  bodyOf(cells: readonly string[]): Members {
    const body: Members = {};
    for (const [index, { steps, types }] of this.columns.entries()) {
      const text = cells[index] ?? '';
      if (text !== '') place(body, steps, cellValue(text, types));
    }
    return body;
  }
}

interface Fault {
  path: string;
  message: string;
}

function faultOf(name: string, earlier: readonly string[], types: CellTypes): Fault[] {
  const path = `/${asText(name.slice(0, MAX_SHOWN)).replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('.', '/')}`;
  if (types.of(name.split('.')) === null) return [{ path, message: 'a column of that name is no member of it' }];
  if (earlier.includes(name)) return [{ path, message: 'the header has that column twice' }];
  const outer = earlier.find((one) => one.startsWith(`${name}.`) || name.startsWith(`${one}.`));
  return outer === undefined ? [] : [{ path, message: `the header has ${outer} as well, and one is inside the other` }];
}

function refused(faults: readonly Fault[]): CsmsError {
  const errors = faults.slice(0, MAX_NAMED);
  return new CsmsError('invalid', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
}

function place(body: Members, steps: readonly string[], value: unknown): void {
  const [step = '', ...rest] = steps;
  if (rest.length === 0) body[step] = value;
  else place((body[step] ??= {}) as Members, rest, value); // columns are not inside each other, so only objects were put there
}
