export const SHAPES = ['standalone', 'stack'] as const;
export type Shape = (typeof SHAPES)[number];

/** The processes that may be killed, by name. */
export const KILL_TARGETS: Readonly<Record<Shape, readonly string[]>> = {
  standalone: ['standalone'],
  stack: ['transaction', 'cdr', 'gateway-1', 'device-config', 'router', 'webhooks', 'api', 'kafka', 'redis', 'postgres'],
};
/** By default the processes are killed that keep sessions and CDRs. */
export const DEFAULT_KILL_TARGETS: Readonly<Record<Shape, readonly [string, ...string[]]>> = {
  standalone: ['standalone'],
  stack: ['transaction', 'cdr'],
};
