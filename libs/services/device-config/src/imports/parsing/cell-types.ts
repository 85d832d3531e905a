import { z } from 'zod';

/** What a column's cells may be, as the schema of its member has it. */
export type CellType = 'string' | 'number' | 'boolean' | 'null' | 'json';

interface Node {
  $ref?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Node[];
  oneOf?: readonly Node[];
  allOf?: readonly Node[];
  properties?: Readonly<Record<string, Node>>;
  additionalProperties?: Node | boolean;
  $defs?: Readonly<Record<string, Node>>;
}

/** A JSON number (RFC 8259). */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The members of a schema, by the dotted names that columns have: `limit.maxEnergyWh`, `labels.site`. */
export class CellTypes {
  private readonly root: Node;

  constructor(schema: z.ZodObject) {
    this.root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node;
  }

  /** Null: the schema has no such member. */
  of(steps: readonly string[]): ReadonlySet<CellType> | null {
    const nodes = steps.reduce<Node[]>((at, step) => at.flatMap((node) => this.memberOf(node, step)), [this.root]);
    return nodes.length === 0 ? null : new Set(nodes.flatMap((node) => this.typesOf(node)));
  }

  private memberOf(node: Node, step: string): Node[] {
    return this.choicesOf(node).flatMap(({ properties = {}, additionalProperties: more }) => {
      if (step === '' || step === '__proto__') return [];
      if (Object.hasOwn(properties, step)) return [properties[step] ?? {}];
      return typeof more === 'object' ? [more] : [];
    });
  }

  private typesOf(node: Node): CellType[] {
    return this.choicesOf(node).flatMap((choice): CellType[] => {
      const { type, enum: values = choice.const === undefined ? [] : [choice.const] } = choice;
      const named = type === undefined ? values.map((value) => (value === null ? 'null' : typeof value)) : [type].flat();
      return named.length === 0 ? ['json'] : named.map(cellTypeOf);
    });
  }

  /** The node itself, or what it may be one of. */
  private choicesOf(node: Node): Node[] {
    const referred = node.$ref === undefined ? node : (this.root.$defs?.[node.$ref.replace('#/$defs/', '')] ?? {});
    const choices = referred.anyOf ?? referred.oneOf ?? referred.allOf;
    return choices === undefined ? [referred] : choices.flatMap((choice) => this.choicesOf(choice));
  }
}

function cellTypeOf(type: string): CellType {
  if (type === 'integer') return 'number';
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'null' ? type : 'json';
}

/** The value of a cell. A text that is none of what the member may be stays text, which the member's own check then refuses. */
export function cellValue(text: string, types: ReadonlySet<CellType>): unknown {
  if (types.has('null') && text === 'null') return null;
  if (types.has('number') && NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return types.has('json') ? jsonIn(text) : text;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
