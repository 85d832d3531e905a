/** The request of a CALL, before it is a frame. */
export interface OcppMessage {
  action: string;
  payload: Record<string, unknown>;
}
