import { html } from './html.ts';

/** The page to chat as anybody; its script fills it. */
export function teamsPage(): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Small Microsoft · chats</title>
<link rel="stylesheet" href="/assets/style.css">
<link rel="stylesheet" href="/assets/teams.css">
<link rel="stylesheet" href="/assets/messages.css">
<script type="module" src="/assets/main.js"></script>
</head>
<body class="teams">
<header>
<div class="brand"><span class="logo" aria-hidden="true"></span> Small Microsoft <span class="tag">playground</span></div>
<label class="field">You are <select id="me" data-testid="me"></select></label>
</header>
<div id="app">
<nav aria-label="Chats">
<h2>Chats</h2>
<ul id="chats"></ul>
<h2>Presence</h2>
<ul id="people"></ul>
</nav>
<main id="conversation" hidden>
<div class="title"><button type="button" id="back" aria-label="Back to the chats">‹</button><h1 id="topic"></h1><small id="members"></small></div>
<ol id="messages" aria-live="polite"></ol>
<form id="compose">
<div class="tools" role="toolbar" aria-label="Formatting">
<button type="button" data-format="bold" data-testid="bold" title="Bold"><b>B</b></button>
<button type="button" data-format="italic" data-testid="italic" title="Italic"><i>I</i></button>
<button type="button" data-format="link" data-testid="link" title="Link">Link</button>
<button type="button" data-format="list" data-testid="list" title="List">List</button>
<button type="button" data-format="code" data-testid="code" title="Code block">&lt;/&gt;</button>
<select id="mention" data-testid="mention" aria-label="Mention somebody"></select>
<label class="tool" title="Picture">Picture<input type="file" id="picture" data-testid="picture" accept="image/*" hidden></label>
<label class="tool" title="File">File<input type="file" id="file" data-testid="file" hidden></label>
<select id="importance" data-testid="importance" aria-label="Importance">
<option value="normal">Normal</option><option value="high">Important</option><option value="urgent">Urgent</option>
</select>
</div>
<ul id="attached"></ul>
<div class="line">
<div id="composer" data-testid="composer" contenteditable="true" role="textbox" aria-multiline="true" aria-label="Type a message"></div>
<button type="submit" class="primary" data-testid="send">Send</button>
</div>
</form>
</main>
<main id="nothing"><p>Choose a chat to write as the person above.</p></main>
</div>
</body>
</html>
`.markup;
}
