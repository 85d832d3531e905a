import { loadProtocol, type Protocol } from '@voltbus/ocpp';

type Shapes = ReturnType<typeof loadProtocol>['shapes'];
type Shape = Shapes['definitions'][string];

/** A value of a payload, with the way to it. */
export interface Place {
  path: readonly (string | number)[];
  shape: Shape;
}

/** A payload as right as can be: every member that the schema has, each list with one item. `message` is named like `AuthorizeRequest`. */
export function wholePayload(protocol: Protocol, message: string): Record<string, unknown> {
  return valueOf(shapeOf(protocol, message), loadProtocol(protocol).shapes) as Record<string, unknown>; // messages are objects
}

/** Every place of that payload: members, items and what holds them. */
export function placesOf(protocol: Protocol, message: string): Place[] {
  const { shapes } = loadProtocol(protocol);
  const walk = (reference: Shape, path: Place['path']): Place[] => {
    const shape = resolved(reference, shapes);
    const inner =
      shape.type === 'array' && shape.items !== undefined
        ? walk(shape.items, [...path, 0])
        : Object.entries(shape.properties ?? {}).flatMap(([name, property]) => walk(property, [...path, name]));
    return path.length === 0 ? inner : [{ path, shape }, ...inner];
  };
  return walk(shapeOf(protocol, message), []);
}

function shapeOf(protocol: Protocol, message: string): Shape {
  const shape = loadProtocol(protocol).shapes.messages[message];
  if (shape === undefined) throw new Error(`${protocol} stations send no ${message}`);
  return shape;
}

function resolved(shape: Shape, { definitions }: Shapes): Shape {
  return shape.$ref === undefined ? shape : (definitions[shape.$ref.slice('#/definitions/'.length)] ?? {});
}

function valueOf(reference: Shape, shapes: Shapes): unknown {
  const shape = resolved(reference, shapes);
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([name, property]) => [name, valueOf(property, shapes)]));
    case 'array':
      return [valueOf(shape.items ?? {}, shapes)];
    case 'string':
      return textOf(shape);
    case 'integer':
    case 'number':
      return Math.min(Math.max(1, shape.minimum ?? 1), shape.maximum ?? 1);
    case 'boolean':
      return true;
    case undefined:
      return 'anything';
  }
}

function textOf({ enum: words, open, format }: Shape): string {
  if (format === 'date-time') return new Date().toISOString();
  return (words ?? open)?.[0] ?? (format === 'uri' ? 'https://example.com/' : '1');
}
