import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Limit } from '../../limits';
import type { TokenStatus } from '../domain/authorization';
import type { Place } from '../domain/places';

@Entity({ schema: 'transactions', name: 'tokens' })
export class TokenEntity {
  @PrimaryColumn('text')
  tenant!: string;

  /** The identity of the token; `idToken` is its text as it was given. */
  @PrimaryColumn('text')
  token!: string;

  @Column('text', { name: 'id_token' })
  idToken!: string;

  @Column('text')
  type!: string;

  @Column('text')
  status!: TokenStatus;

  @Column('text', { name: 'group_id', nullable: true })
  groupId!: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('boolean')
  concurrent!: boolean;

  @Column('jsonb', { name: 'allowed_at' })
  allowedAt!: readonly Place[];

  @Column('jsonb', { name: 'session_limit', nullable: true })
  limit!: Limit | null;

  /** A decimal string; null: the token is not prepaid. */
  @Column('numeric', { nullable: true })
  credit!: string | null;

  /** The number of the last change that stations may keep; 0: it has not been numbered yet. */
  @Column('integer')
  revision!: number;
}
