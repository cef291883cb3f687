"""What a person or the clock asks for, one file per noun. Every verb writes its timeline entry in its transaction."""
