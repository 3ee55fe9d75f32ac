"""The end of a Page's bot: ordered at the server, or begun because the Page was disconnected."""
