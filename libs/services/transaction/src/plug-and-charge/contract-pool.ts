/** What a car asks for, as its station passes it on (M01, M02). */
export interface ContractRequest {
  tenant: string;
  station: string;
  action: 'Install' | 'Update';
  /** Namespace of the messages, such as `urn:iso:15118:2:2013:MsgDef`. */
  schemaVersion: string;
  /** The message of the car, EXI in base64. */
  exiRequest: string;
  /** EMAIDs that the car would have first (ISO 15118-20). */
  prioritizedEmaids: readonly string[];
}

/** One contract for the car: the message that it is answered by, EXI in base64, signed by the pool. */
export interface ContractResponse {
  emaid: string | null;
  exiResponse: string;
}

/** Has the contract certificates of cars. */
export interface ContractPool {
  /** In the order in which the car gets them; empty: it has no contract. Rejects where nothing is known in time. */
  contractsFor(request: ContractRequest): Promise<ContractResponse[]>;
}
