import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A token that was removed, or got another type: stations of 2.x identify a token by its type, too. */
@Entity({ schema: 'transactions', name: 'removed_tokens' })
export class RemovedTokenEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('text')
  token!: string;

  @PrimaryColumn('text')
  type!: string;

  @Column('text', { name: 'id_token' })
  idToken!: string;

  @Column('integer')
  revision!: number;

  @Column('timestamptz', { name: 'removed_at' })
  removedAt!: Date;
}
