import type { Protocol } from './protocols';

/** Versions whose messages are alike: 2.0.1 and 2.1 are one family. */
export type Family = 'ocpp16' | 'ocpp2';

/** Who sends the request of an action. */
export type Initiator = 'station' | 'csms' | 'both';

/** The definition of an action in one version. */
export interface ActionInfo {
  action: string;
  initiator: Initiator;
  /** `send`: 2.1's unconfirmed message, never answered. */
  kind: 'call' | 'send';
  /** Functional block (2.x: `A` to `S`) or feature profile (1.6: `Core`, ...). */
  block: string;
  /** There is a response and it has no members, vendor extensions aside: it can carry no decision. */
  emptyResponse: boolean;
}

declare const MESSAGES: unique symbol;

/**
 * An action as a typed value, such as `v16.StopTransaction`: at run time it is plain data, and for the compiler it also carries its request
 * and its response. The response of a SEND is `undefined`.
 */
export interface Action<
  F extends Family = Family,
  Name extends string = string,
  Request = unknown,
  Response = unknown,
  By extends Initiator = Initiator,
> {
  readonly family: F;
  /** The version whose schemas gave the types. */
  readonly protocol: Protocol;
  readonly action: Name;
  readonly initiator: By;
  /** Never there at run time. */
  readonly [MESSAGES]?: { request: Request; response: Response };
}

/** The request type that an action value carries. */
export type RequestOf<A extends Action> = A extends Action<Family, string, infer Request> ? Request : never;

/** The response type that an action value carries. */
export type ResponseOf<A extends Action> = A extends Action<Family, string, unknown, infer Response> ? Response : never;
