/** How often a station shall try what it is asked for, and the seconds between two tries; null: as it does. */
export interface Retries {
  retries: number | null;
  retryIntervalSeconds: number | null;
}

/** As the messages of OCPP name them. */
export function retriesIn({ retries, retryIntervalSeconds }: Retries): { retries?: number; retryInterval?: number } {
  return {
    ...(retries === null ? {} : { retries }),
    ...(retryIntervalSeconds === null ? {} : { retryInterval: retryIntervalSeconds }),
  };
}
