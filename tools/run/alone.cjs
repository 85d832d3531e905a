'use strict';
// One process at a time in a folder, before anything is installed. As libs/platform/database/src/embedded/folder-lock.ts: the owner listens on a socket there, which
// the kernel closes with the process, also after `kill -9`. The owner may be busy: the kernel takes the connections of those who wait.
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const NAME = /^owner\.(\d{1,15})$/;
/** Two that met look again, not at the same moment. */
const APART_MS = 100;

/**
 * Runs the work when no other process is at it in this folder; `waits` is called once when there is one. The folder's path, relative where it is long: the name of
 * a socket has 100 characters at most. Where the file system has no sockets it runs at once.
 */
async function alone(folder, waits, work) {
  fs.mkdirSync(folder, { recursive: true });
  let waiting = false;
  for (;;) {
    const taken = await take(folder);
    if (taken.owner === undefined) {
      try {
        return work();
      } finally {
        taken.release();
      }
    }
    if (!waiting) waits();
    waiting = true;
    await gone(taken.owner);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * APART_MS));
  }
}

async function take(folder) {
  const own = path.join(folder, `.${randomBytes(4).toString('hex')}`);
  const server = await listen(own);
  if (server === null) return { release: () => undefined };
  const mine = await next(folder, own);
  fs.rmSync(own, { force: true });
  const release = () => {
    if (mine.path !== undefined) fs.rmSync(mine.path, { force: true });
    server.close();
  };
  const owner = mine.owner ?? (await another(folder, mine.path));
  if (owner === null) return { release };
  release();
  return { owner };
}

/** Takes the number after the last, whose owner is dead: a link is made once. */
async function next(folder, own) {
  for (;;) {
    const last = Math.max(0, ...numbers(folder));
    const owner = path.join(folder, `owner.${last}`);
    if (last > 0 && (await lives(owner))) return { owner };
    const mine = path.join(folder, `owner.${last + 1}`);
    try {
      fs.linkSync(own, mine);
      return { path: mine };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

/** Removes the locks of dead processes. A live process with another number has seen an older state of the folder. */
async function another(folder, mine) {
  for (const number of numbers(folder)) {
    const other = path.join(folder, `owner.${number}`);
    if (other === mine) continue;
    if (await lives(other)) return other;
    fs.rmSync(other, { force: true });
  }
  return null;
}

function numbers(folder) {
  return fs.readdirSync(folder).flatMap((name) => (NAME.test(name) ? [Number(NAME.exec(name)[1])] : []));
}

/** Null: there are no sockets here. */
function listen(file) {
  const server = net.createServer().unref();
  return new Promise((resolve) => server.once('error', () => resolve(null)).listen(file, () => resolve(server)));
}

function lives(file) {
  return new Promise((resolve) => {
    const socket = net.connect(file);
    socket.once('connect', () => resolve(true) ?? socket.destroy());
    socket.once('error', ({ code }) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

/** Resolves when the owner has ended: its end closes the connection. */
function gone(file) {
  return new Promise((resolve) => {
    net
      .connect(file)
      .once('error', () => undefined)
      .once('close', resolve)
      .resume();
  });
}

module.exports = { alone };
