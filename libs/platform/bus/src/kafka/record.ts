import { type KafkaMessage } from 'kafkajs';
import { type BusRecord } from '../port';

export function toRecord(topic: string, partition: number, message: KafkaMessage): BusRecord {
  const headers: Record<string, Buffer | undefined> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const one = Array.isArray(value) ? value.at(-1) : value;
    headers[name] = typeof one === 'string' ? Buffer.from(one) : one;
  }
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers,
    timestamp: Number(message.timestamp),
  };
}
