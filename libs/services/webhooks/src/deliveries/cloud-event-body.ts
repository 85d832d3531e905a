import type { BusRecord } from '@voltbus/bus';

const PREFIX = 'ce_';
/** Attributes whose type in CloudEvents is a number; in headers everything is text. */
const NUMBERS = new Set(['billedrevision']);

/**
 * The event of a public topic as a CloudEvent in JSON (structured mode): the attributes of its headers, those of later versions included, and its value as it
 * is on the topic.
 */
export function cloudEventBody({ headers, value }: Pick<BusRecord, 'headers' | 'value'>): string {
  const attributes = Object.entries(headers).flatMap(([header, content]) => {
    const name = header.slice(PREFIX.length);
    const text = content?.toString('utf8');
    return header.startsWith(PREFIX) && text !== undefined ? [[name, NUMBERS.has(name) ? Number(text) : text] as const] : [];
  });
  return structured(Object.fromEntries(attributes), value.toString('utf8'));
}

/** A CloudEvent of ours that is on no topic. */
export function structured(attributes: Readonly<Record<string, unknown>>, dataJson: string): string {
  const { specversion: _version, ...rest } = attributes;
  const envelope = JSON.stringify({ specversion: '1.0', ...rest, datacontenttype: 'application/json' });
  return `${envelope.slice(0, -1)},"data":${dataJson}}`;
}
