/* breaks: word as web/js/app.js */
// TODO
