import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TokenPolicy } from '../domain/authorization';

/** What a tenant wants done with tokens: a copy of what device-config publishes. */
@Entity({ schema: 'transactions', name: 'tenants' })
export class TokenPolicyEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @Column('text', { name: 'unknown_tokens' })
  unknownTokens!: TokenPolicy['unknownTokens'];

  @Column('text', { name: 'master_pass_group', nullable: true })
  masterPassGroup!: string | null;
}
