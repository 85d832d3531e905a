/** Who makes a request. */
export interface Caller {
  /** The tenant it is about. */
  tenant: string;
  administrator: boolean;
}
