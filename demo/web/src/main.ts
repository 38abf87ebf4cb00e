import { Centrifuge } from 'centrifuge';

import { Backend } from './backend';
import { Drop } from './drop';
import { byId } from './element';
import { Link } from './link';
import { chat, readPayload } from './payload';
import { People } from './people';
import { reasonOf, Room, type Message } from './room';
import { Roster } from './roster';
import { readServerConfig, webSocketURL } from './server';
import { channelInHash, hashOf, load, save } from './settings';
import { Status } from './status';
import { installTheme } from './theme';
import { Timeline } from './timeline';

import './style/page.css';

const welcome = 'Nothing has been said here yet. Write the first message, or publish one with the curl line.';

const settings = load();
const people = new People();
const status = new Status();
const roster = new Roster(people);
const timeline = new Timeline(people);
const link = new Link();
const drop = new Drop(link, (remaining) => status.dropping(remaining));
const inputs = { name: byId<HTMLInputElement>('name'), channel: byId<HTMLInputElement>('channel'), text: byId<HTMLInputElement>('text') };
const problem = byId('problem');

const client = new Centrifuge(webSocketURL(location), {
  name: 'carillon-demo',
  websocket: link.socket,
  networkEventTarget: link,
});
let room: Room;
let backend: Backend | undefined;

client.on('connecting', () => status.state(drop.active ? 'dropped' : 'connecting'));
client.on('connected', (ctx) => {
  people.addOwn(ctx.client);
  status.state('connected');
  status.client(ctx.client);
});
client.on('disconnected', (ctx) => {
  status.state('disconnected');
  tell(`The server ended the connection: ${ctx.reason} (${ctx.code}). Reload the page to try again.`);
});

function enter(channel: string): void {
  settings.channel = channel;
  save(settings);
  history.replaceState(null, '', hashOf(channel));
  document.title = `${channel} · Carillon`;
  inputs.channel.value = channel;
  backend?.show(channel);
  tell('');
  timeline.clear('Joining…');
  roster.show([]);
  status.position(0, '');
  room = new Room(client, channel, {
    joining: () => timeline.hint('Joining…'),
    joined: () => timeline.hint(welcome),
    refused: (code, reason) => timeline.hint(`The server refused this channel: ${reason} (${code}).`),
    position: (offset, epoch) => status.position(offset, epoch),
    message: (message) => {
      learn(message);
      timeline.add(message);
    },
    history: (messages) => {
      messages.forEach(learn);
      timeline.addHistory(messages);
    },
    historyFailed: (reason) => timeline.hint(`Earlier messages are not to be had: ${reason}.`),
    rejoined: (rejoin) => timeline.rejoined(rejoin),
    presence: (clients) => roster.show(clients),
    presenceFailed: (reason) => roster.fail(reason),
  });
}

/** Switches to another channel, if it is another one. */
function change(channel: string): void {
  if (channel !== '' && channel !== room.channel) {
    room.leave();
    enter(channel);
  }
}

function learn(message: Message): void {
  const payload = readPayload(message.data);
  if (payload.kind === 'chat' && message.publisher && people.learn(message.publisher.client, payload.name)) {
    roster.render();
  }
}

function rename(): void {
  settings.name = inputs.name.value.trim();
  save(settings);
  roster.ownName = settings.name;
}

async function publish(): Promise<void> {
  const text = inputs.text.value.trim();
  if (text === '') {
    return;
  }
  inputs.text.value = '';
  try {
    await room.publish(chat(text, settings.name));
    tell('');
  } catch (error) {
    tell(`Not published: ${reasonOf(error)}.`);
    inputs.text.value ||= text;
  }
}

function tell(text: string): void {
  problem.textContent = text;
}

function onSubmit(form: string, act: () => void): void {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

installTheme();
inputs.name.value = settings.name;
inputs.name.addEventListener('input', rename);
rename();
onSubmit('join', () => {
  change(inputs.channel.value.trim());
  inputs.text.focus();
});
onSubmit('compose', () => void publish());
byId('drop').addEventListener('click', () => (drop.active ? drop.end() : drop.begin()));
window.addEventListener('hashchange', () => change(channelInHash(location.hash)));

enter(settings.channel);
client.connect();
readServerConfig().then(
  ({ version, apiKey }) => {
    byId('version').textContent = version;
    backend = new Backend(apiKey);
    backend.show(room.channel);
  },
  (error: Error) => tell(`The page cannot tell how to publish from a backend: ${error.message}.`),
);
